package io.flocker.cli.compose;

import io.flocker.cli.compose.spec.ServiceBuild;
import io.flocker.cli.compose.text.Note;
import io.flocker.core.spec.ApplicationSpec;
import java.util.List;
import java.util.Map;

/// What Compose files said.
///
/// @param projectName the name of the environment
/// @param builds by service, in the order of the files; services with the same one share it
/// @param notes what the user should know, by file, line and column
public record ComposeFile(
        String projectName, ApplicationSpec application, Map<String, ServiceBuild> builds, List<Note> notes) {}
