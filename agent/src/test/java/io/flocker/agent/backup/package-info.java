/// Backups into destinations and back, with volumes in plain folders.
@NullMarked
package io.flocker.agent.backup;

import org.jspecify.annotations.NullMarked;
