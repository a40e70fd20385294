/// Flocker's deployment files: which node runs what.
@NullMarked
package io.flocker.cli.deployment;

import org.jspecify.annotations.NullMarked;
