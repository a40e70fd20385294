/// Buckets of S3. The only place that knows the library for it.
@NullMarked
package io.flocker.agent.backup.store.s3;

import org.jspecify.annotations.NullMarked;
