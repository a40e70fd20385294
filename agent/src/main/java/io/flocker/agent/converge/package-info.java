/// The loop that brings a node from what it has to what it should have.
@NullMarked
package io.flocker.agent.converge;

import org.jspecify.annotations.NullMarked;
