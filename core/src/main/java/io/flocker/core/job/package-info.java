/// Jobs: what the leader decides about their runs.
@NullMarked
package io.flocker.core.job;

import org.jspecify.annotations.NullMarked;
