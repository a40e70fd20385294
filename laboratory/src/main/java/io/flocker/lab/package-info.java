/// Real nodes on one machine: a network namespace, a Docker Engine, a pool and a daemon each.
@NullMarked
package io.flocker.lab;

import org.jspecify.annotations.NullMarked;
