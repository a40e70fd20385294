/// Tests.
@NullMarked
package io.flocker.cli.shell;

import org.jspecify.annotations.NullMarked;
