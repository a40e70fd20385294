/// The program `flocker`: its main class and the list of its commands.
@NullMarked
package io.flocker.cli;

import org.jspecify.annotations.NullMarked;
