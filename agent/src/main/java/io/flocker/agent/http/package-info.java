/// What only an agent can tell: logs, commands run in containers, space taken. For the control plane.
@NullMarked
package io.flocker.agent.http;

import org.jspecify.annotations.NullMarked;
