package io.flocker.cli.compose;

import io.flocker.cli.compose.text.Note;
import io.flocker.core.model.ApplicationSpec;
import java.util.List;

/// What Compose files said.
///
/// @param projectName the name of the environment
/// @param notes what the user should know, by file, line and column
public record ComposeFile(String projectName, ApplicationSpec application, List<Note> notes) {}
