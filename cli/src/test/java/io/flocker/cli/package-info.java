/// Tests.
@NullMarked
package io.flocker.cli;

import org.jspecify.annotations.NullMarked;
