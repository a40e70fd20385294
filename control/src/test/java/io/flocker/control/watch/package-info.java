/// Tests of services that follow their images' names.
@NullMarked
package io.flocker.control.watch;

import org.jspecify.annotations.NullMarked;
