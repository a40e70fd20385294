/// What every command needs: where it runs, how it reaches the cluster, and how it shows things.
@NullMarked
package io.flocker.cli.shell;

import org.jspecify.annotations.NullMarked;
