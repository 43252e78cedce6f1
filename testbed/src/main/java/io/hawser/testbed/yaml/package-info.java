/** Topologies and scenarios as YAML; every mistake is told with its line and field. */
package io.hawser.testbed.yaml;
