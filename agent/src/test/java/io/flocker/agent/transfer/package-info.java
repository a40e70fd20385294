@NullMarked
package io.flocker.agent.transfer;

import org.jspecify.annotations.NullMarked;
