/// Tests.
@NullMarked
package io.flocker.cli.follow;

import org.jspecify.annotations.NullMarked;
