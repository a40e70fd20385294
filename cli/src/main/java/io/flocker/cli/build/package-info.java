/// Building images on a node, and showing how it goes.
@NullMarked
package io.flocker.cli.build;

import org.jspecify.annotations.NullMarked;
