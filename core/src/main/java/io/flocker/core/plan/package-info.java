/// What to do next, as pure functions: {@link io.flocker.core.plan.ClusterPlanner} for the leader,
/// {@link io.flocker.core.plan.NodePlanner} for an agent.
@NullMarked
package io.flocker.core.plan;

import org.jspecify.annotations.NullMarked;
