/// From files to one tree: finding them, replacing variables, `include`, `extends`, merging, profiles.
@NullMarked
package io.flocker.cli.compose.load;

import org.jspecify.annotations.NullMarked;
