/// Environments that sleep, wake up and expire.
package io.flocker.core.life;
