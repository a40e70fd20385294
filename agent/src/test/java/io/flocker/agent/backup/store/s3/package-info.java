/// Buckets of a real S3 server in this process.
@NullMarked
package io.flocker.agent.backup.store.s3;

import org.jspecify.annotations.NullMarked;
