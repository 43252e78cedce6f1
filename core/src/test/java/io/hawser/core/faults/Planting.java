package io.hawser.core.faults;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.MethodModel;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import org.jspecify.annotations.Nullable;

/**
 * Loads Hawser's classes and their tests once more, one of them with a fault in it (JEP 484). The
 * classes on disk and those of the other tests are untouched.
 */
final class Planting extends ClassLoader {
  private final @Nullable Fault fault;
  private boolean planted;

  /** With this fault; null: everything as it is. */
  Planting(@Nullable Fault fault) {
    super(Planting.class.getClassLoader());
    this.fault = fault;
  }

  /** Whether there was such a method to plant the fault in. */
  boolean isPlanted() {
    return planted;
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!name.startsWith("io.hawser.")) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      return loaded == null ? define(name) : loaded;
    }
  }

  private Class<?> define(String name) throws ClassNotFoundException {
    try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
      if (in == null) {
        throw new ClassNotFoundException(name);
      }
      byte[] bytes = in.readAllBytes();
      if (fault != null && name.equals(fault.className())) {
        bytes = plant(bytes, fault);
      }
      return defineClass(name, bytes, 0, bytes.length);
    } catch (IOException e) {
      throw new ClassNotFoundException(name, e);
    }
  }

  private byte[] plant(byte[] bytes, Fault it) {
    ClassFile format = ClassFile.of();
    ClassModel before = format.parse(bytes);
    String called = it.called();
    if (called == null) {
      return format.transformClass(
          before,
          (builder, element) -> {
            if (element instanceof MethodModel m && isMeant(m, it) && m.code().isPresent()) {
              planted = true;
              builder.withMethod(
                  m.methodName(),
                  m.methodType(),
                  m.flags().flagsMask(),
                  method ->
                      method.withCode(
                          code -> give(code, m.methodTypeSymbol().returnType(), it.value())));
            } else {
              builder.with(element);
            }
          });
    }
    return format.transformClass(
        before,
        ClassTransform.transformingMethodBodies(
            m -> isMeant(m, it),
            (code, element) -> {
              if (element instanceof InvokeInstruction call && isMeant(call, called)) {
                planted = true;
                MethodTypeDesc type = call.typeSymbol();
                for (int i = type.parameterCount() - 1; i >= 0; i--) {
                  if (TypeKind.from(type.parameterType(i)).slotSize() == 2) {
                    code.pop2();
                  } else {
                    code.pop();
                  }
                }
                push(code, type.returnType(), it.value());
              } else {
                code.with(element);
              }
            }));
  }

  private static boolean isMeant(MethodModel method, Fault it) {
    return method.methodName().equalsString(it.method());
  }

  private static boolean isMeant(InvokeInstruction call, String called) {
    String owner = call.owner().asInternalName().replaceAll(".*/", "");
    return called.equals(owner + "#" + call.name().stringValue());
  }

  private static void give(CodeBuilder code, ClassDesc type, @Nullable Object value) {
    push(code, type, value);
    code.return_(TypeKind.from(type));
  }

  private static void push(CodeBuilder code, ClassDesc type, @Nullable Object value) {
    switch (TypeKind.from(type)) {
      case VOID -> {
        // There is nothing to give.
      }
      case LONG -> code.loadConstant(value instanceof Number n ? n.longValue() : 0L);
      case REFERENCE -> code.aconst_null();
      case DOUBLE -> code.loadConstant(value instanceof Number n ? n.doubleValue() : 0d);
      default ->
          code.loadConstant(
              value instanceof Boolean flag
                  ? flag ? 1 : 0
                  : value instanceof Number n ? n.intValue() : 0);
    }
  }
}
