// Filled by the first pieces of LessonRunner.
