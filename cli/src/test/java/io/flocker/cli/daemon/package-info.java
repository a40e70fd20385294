@NullMarked
package io.flocker.cli.daemon;

import org.jspecify.annotations.NullMarked;
