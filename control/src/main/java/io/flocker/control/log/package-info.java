/// The durable log of commands: embedded Apache Ratis, and the state it adds up to.
@NullMarked
package io.flocker.control.log;

import org.jspecify.annotations.NullMarked;
