@NullMarked
package io.flocker.agent.converge;

import org.jspecify.annotations.NullMarked;
