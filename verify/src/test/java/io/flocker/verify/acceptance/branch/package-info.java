/// Whole environments at one moment, and copies of them.
@NullMarked
package io.flocker.verify.acceptance.branch;

import org.jspecify.annotations.NullMarked;
