/// The process outside the JVM that fences this node's writers when their lease has ended.
@NullMarked
package io.flocker.agent.guard;

import org.jspecify.annotations.NullMarked;
