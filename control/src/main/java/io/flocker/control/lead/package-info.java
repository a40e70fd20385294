/// What the leader does: hears the nodes, plans, and gives out assignments.
@NullMarked
package io.flocker.control.lead;

import org.jspecify.annotations.NullMarked;
