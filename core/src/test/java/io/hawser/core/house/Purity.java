package io.hawser.core.house;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.instruction.MonitorInstruction;
import java.lang.reflect.AccessFlag;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Walks class files and names what a pure module must not touch: clocks, threads, locks, the
 * network, what differs between JVMs.
 */
final class Purity {
  private static final List<String> FORBIDDEN_PREFIXES =
      List.of(
          "java/net/",
          "java/io/",
          "java/nio/channels/",
          "java/nio/file/",
          "java/util/concurrent/locks/",
          "java/util/logging/");
  private static final Set<String> FORBIDDEN_CLASSES =
      Set.of(
          "java/lang/Thread",
          "java/lang/ThreadLocal",
          "java/util/Random",
          "java/security/SecureRandom",
          "java/util/concurrent/ThreadLocalRandom",
          "java/util/concurrent/Executors",
          "java/util/concurrent/CompletableFuture",
          "java/util/Timer");
  private static final Set<String> HARMLESS =
      Set.of("java/io/Serializable", "java/io/ObjectInputStream", "java/io/ObjectOutputStream");
  private static final Set<String> FORBIDDEN_CALLS =
      Set.of(
          "java/lang/System.nanoTime",
          "java/lang/System.currentTimeMillis",
          "java/lang/System.identityHashCode",
          "java/lang/System.getLogger",
          "java/lang/Object.wait",
          "java/lang/Object.notifyAll",
          "java/time/Instant.now",
          "java/time/LocalDateTime.now",
          "java/time/ZonedDateTime.now",
          "java/util/UUID.randomUUID",
          "java/lang/Math.random");
  // Their last bits may differ from one JVM to the next; StrictMath's do not.
  private static final Set<String> INEXACT =
      Set.of(
          "pow", "exp", "expm1", "log", "log10", "log1p", "cbrt", "hypot", "sin", "cos", "tan",
          "asin", "acos", "atan", "atan2", "sinh", "cosh", "tanh");
  private static final Set<String> UNORDERED =
      Set.of(
          "java/util/HashMap",
          "java/util/HashSet",
          "java/util/IdentityHashMap",
          "java/util/WeakHashMap",
          "java/util/concurrent/ConcurrentHashMap",
          "java/util/Set.of",
          "java/util/Set.copyOf",
          "java/util/Map.of",
          "java/util/Map.ofEntries",
          "java/util/Map.copyOf",
          "java/util/stream/Collectors.toSet",
          "java/util/stream/Collectors.toMap",
          "java/util/stream/Collectors.groupingBy");

  private Purity() {}

  /** Every finding as "class: what", in the classes under a folder. */
  static List<String> findings(Path folder, boolean alsoUnordered) throws IOException {
    List<String> all = new ArrayList<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".class")).sorted().toList()) {
        findings(ClassFile.of().parse(file), alsoUnordered, all);
      }
    }
    return all;
  }

  static void findings(ClassModel model, boolean alsoUnordered, List<String> into) {
    String name = model.thisClass().asInternalName();
    for (PoolEntry entry : model.constantPool()) {
      String what = "";
      if (entry instanceof ClassEntry c) {
        what = classFinding(c.asInternalName(), alsoUnordered);
      } else if (entry instanceof MemberRefEntry m) {
        what = callFinding(m, alsoUnordered);
      }
      if (!what.isEmpty()) {
        into.add(name + ": " + what);
      }
    }
    for (MethodModel method : model.methods()) {
      boolean locks = method.flags().has(AccessFlag.SYNCHRONIZED);
      locks |=
          method
              .code()
              .map(code ->
                  code.elementStream()
                      .anyMatch(e ->
                          e instanceof MonitorInstruction m && m.opcode() == Opcode.MONITORENTER))
              .orElse(false);
      if (locks) {
        into.add(name + ": synchronized in " + method.methodName().stringValue());
      }
    }
  }

  private static String classFinding(String name, boolean alsoUnordered) {
    if (HARMLESS.contains(name)) {
      return "";
    }
    boolean forbidden =
        FORBIDDEN_CLASSES.contains(name) || (alsoUnordered && UNORDERED.contains(name));
    for (String prefix : FORBIDDEN_PREFIXES) {
      forbidden |= name.startsWith(prefix);
    }
    return forbidden ? name : "";
  }

  private static String callFinding(MemberRefEntry member, boolean alsoUnordered) {
    String name = member.name().stringValue();
    String call = member.owner().asInternalName() + "." + name;
    boolean inexact = call.startsWith("java/lang/Math.") && INEXACT.contains(name);
    boolean forbidden =
        inexact || FORBIDDEN_CALLS.contains(call) || (alsoUnordered && UNORDERED.contains(call));
    return forbidden ? call : "";
  }
}
