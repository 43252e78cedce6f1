# Sourced after jdk.sh: builds what ./hawser runs, in build/.
# build/modules has the JPMS modules, build/lib the plain jars; build/ready says that all is there.

# Puts the jars that "-Pdist package" left in target/dist of $1 in the place of build/.
hawser_install_dist() {
  local home="$1"
  cp "$home"/cli/target/hawser-cli-*.jar "$home/target/dist/lib/"
  : >"$home/target/dist/ready"
  rm -rf "$home/target/dist.old"
  if [ -d "$home/build" ]; then
    mv "$home/build" "$home/target/dist.old"
  fi
  mv "$home/target/dist" "$home/build"
  rm -rf "$home/target/dist.old"
  hawser_rehearse "$home"
}

# Lets a testbed go up and down once, and keeps what the JVM learnt of its classes in build/hawser.aot. In namespaces
# of its own, so that nothing of it can stay; where there are none it learns less. Without the file all works, slower.
hawser_rehearse() {
  local home="$1" java prefix=()
  java="$(hawser_find_java java)" || return 0
  hawser_set_options "$home"
  if unshare -Urnm true 2>/dev/null; then
    prefix=(unshare -Urnm)
  fi
  if ! timeout 60 ${prefix[@]+"${prefix[@]}"} "$java" -XX:AOTCacheOutput="$home/build/hawser.aot" "${hawser_options[@]}" \
    io.hawser.cli.testbed.Rehearsal </dev/null >"$home/target/rehearsal.log" 2>&1; then
    rm -f "$home/build/hawser.aot"
  fi
}

hawser_build_locked() {
  local home="$1" force="$2" javac log
  if [ "$force" = 0 ] && [ -f "$home/build/ready" ]; then
    return 0 # another start built it while we waited
  fi
  javac="$(hawser_find_java javac)" || return 1
  log="$home/target/build.log"
  echo "hawser: building, once; this takes about a minute ..." >&2
  rm -rf "$home/target/dist"
  if ! (cd "$home" && JAVA_HOME="${javac%/bin/javac}" ./mvnw -B -ntp -q -DskipTests -Dmaven.test.skip=true -Dfast \
    -Pdist -pl cli -am package </dev/null >"$log" 2>&1); then
    grep "^.ERROR" "$log" | head -n 6 >&2
    echo "hawser: the build failed; the whole log is in target/build.log. The first build needs a network for Maven." >&2
    return 1
  fi
  hawser_install_dist "$home"
}

# Builds in $1 unless it is built already ($2 = 1: even then). Only one build runs at a time.
hawser_build() {
  local home="$1" force="$2" lock status=0
  if ! mkdir -p "$home/target" 2>/dev/null || [ ! -w "$home/target" ]; then
    echo "hawser: nothing is built yet and $home cannot be written; build it once as its owner: ./hawser --build" >&2
    return 1
  fi
  lock="$home/target/build.lock"
  if command -v flock >/dev/null 2>&1; then
    exec 9>"$lock"
    flock 9
    hawser_build_locked "$home" "$force" 9>&- || status=$?
    exec 9>&-
    return "$status"
  fi
  while ! mkdir "$lock.d" 2>/dev/null; do
    if [ -r "$lock.d/pid" ] && ! kill -0 "$(cat "$lock.d/pid")" 2>/dev/null; then
      rm -rf "$lock.d"
      continue
    fi
    sleep 1
  done
  echo "$$" >"$lock.d/pid"
  hawser_build_locked "$home" "$force" || status=$?
  rm -rf "$lock.d"
  return "$status"
}
