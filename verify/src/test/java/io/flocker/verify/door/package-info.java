/// What is put between a client and a server to see or to hinder what passes.
@NullMarked
package io.flocker.verify.door;

import org.jspecify.annotations.NullMarked;
