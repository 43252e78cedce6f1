/** The main job shown: one transfer over one path, over two, and with one of them cut. */
package io.hawser.cli.demo;
