/// Services that follow their image's name: when to ask which registry, and whether what it says is to be run.
@NullMarked
package io.flocker.control.watch;

import org.jspecify.annotations.NullMarked;
