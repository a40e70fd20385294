/// From one merged tree to an application: what each key of a Compose file means in Flocker's model.
@NullMarked
package io.flocker.cli.compose.spec;

import org.jspecify.annotations.NullMarked;
