/// Snapshots and images on their way from one node's agent to another's.
@NullMarked
package io.flocker.agent.transfer;

import org.jspecify.annotations.NullMarked;
