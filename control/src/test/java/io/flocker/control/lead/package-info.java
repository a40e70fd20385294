/// Tests of what the leader keeps beside the log.
@NullMarked
package io.flocker.control.lead;

import org.jspecify.annotations.NullMarked;
