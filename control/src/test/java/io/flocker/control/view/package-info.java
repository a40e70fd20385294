@NullMarked
package io.flocker.control.view;

import org.jspecify.annotations.NullMarked;
