/// Environments that nobody talks to go to sleep, wake up when somebody does, and expire.
@NullMarked
package io.flocker.core.life;

import org.jspecify.annotations.NullMarked;
