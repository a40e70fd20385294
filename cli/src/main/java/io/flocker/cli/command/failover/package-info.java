/// Commands that have services go on from replicas, and bring them back.
@NullMarked
package io.flocker.cli.command.failover;

import org.jspecify.annotations.NullMarked;
