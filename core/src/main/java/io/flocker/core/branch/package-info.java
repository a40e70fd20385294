/// What an environment that is made from another one has otherwise: overrides, ports and host names.
@NullMarked
package io.flocker.core.branch;

import org.jspecify.annotations.NullMarked;
