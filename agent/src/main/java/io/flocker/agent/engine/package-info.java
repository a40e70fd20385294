/// Containers, images and networks of one node, by the Docker Engine.
@NullMarked
package io.flocker.agent.engine;

import org.jspecify.annotations.NullMarked;
