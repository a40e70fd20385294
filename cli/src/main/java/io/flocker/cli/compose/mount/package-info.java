/// What containers see at paths of their own: volumes, folders and files that come along with a Compose file, configs
/// and secrets.
@NullMarked
package io.flocker.cli.compose.mount;

import org.jspecify.annotations.NullMarked;
