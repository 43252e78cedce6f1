/** Standard input and output over a connection of the stack. */
package io.hawser.cli.netcat;
