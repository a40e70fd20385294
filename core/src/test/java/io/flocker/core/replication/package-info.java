@NullMarked
package io.flocker.core.replication;

import org.jspecify.annotations.NullMarked;
