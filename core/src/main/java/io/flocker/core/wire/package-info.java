/// How the nouns, commands and reports look as JSON: in the log on disk, between nodes and in the API.
@NullMarked
package io.flocker.core.wire;

import org.jspecify.annotations.NullMarked;
