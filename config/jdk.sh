# Sourced: finds a Java of at least version 25.

hawser_least_java=25

# Sets the array hawser_options: how the JVM runs what is built in $1. The class cache fits these options only.
hawser_set_options() {
  hawser_options=(
    --module-path "$1/build/modules"
    --add-modules io.hawser.socket,io.hawser.sim
    --enable-native-access=io.hawser.linux,ALL-UNNAMED
    -XX:+UseSerialGC
    -cp "$1/build/lib/*"
  )
}

# The major version of the Java installed in directory $1, or nothing.
hawser_java_version() {
  local line version=""
  if [ -r "$1/release" ]; then
    while IFS= read -r line || [ -n "$line" ]; do
      case "$line" in
        JAVA_VERSION=*) version="${line#JAVA_VERSION=}" ;;
      esac
    done <"$1/release"
    version="${version//\"/}"
  elif [ -x "$1/bin/java" ]; then
    version="$("$1/bin/java" -version 2>&1 | sed -n 's/.*version "\([^"]*\)".*/\1/p' | head -n 1)"
  fi
  version="${version%%[!0-9]*}"
  echo "$version"
}

# Places where a JDK may be, one a line, best first.
hawser_java_places() {
  local found
  [ -z "${JAVA_HOME:-}" ] || echo "$JAVA_HOME"
  found="$(command -v java 2>/dev/null || true)"
  if [ -n "$found" ]; then
    while [ -L "$found" ]; do
      case "$(readlink "$found")" in
        /*) found="$(readlink "$found")" ;;
        *) found="${found%/*}/$(readlink "$found")" ;;
      esac
    done
    echo "${found%/bin/java}"
  fi
  local place
  for place in /usr/lib/jvm/* "${HOME:-/root}"/.sdkman/candidates/java/* /opt/*jdk* \
    /opt/java/* "${HOME:-/root}"/.jdks/* /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    [ ! -d "$place" ] || echo "$place"
  done
  if [ -x /usr/libexec/java_home ]; then
    /usr/libexec/java_home -v "$hawser_least_java+" 2>/dev/null || true
  fi
}

# Prints the path of program $1 (java or javac) of the first Java that is new enough.
hawser_find_java() {
  local place version seen=""
  while IFS= read -r place; do
    [ -x "$place/bin/$1" ] || continue
    version="$(hawser_java_version "$place")"
    [ -n "$version" ] || continue
    if [ "$version" -ge "$hawser_least_java" ]; then
      echo "$place/bin/$1"
      return 0
    fi
    seen="$seen $version"
  done < <(hawser_java_places)
  {
    echo "hawser: no JDK $hawser_least_java or newer was found${seen:+ (only versions:$seen)}."
    echo "Install one, for example Eclipse Temurin $hawser_least_java (adoptium.net), 'sdk install java 25-tem' with SDKMAN,"
    echo "or your system's package openjdk-25-jdk-headless; or set JAVA_HOME to where it is."
  } >&2
  return 1
}
