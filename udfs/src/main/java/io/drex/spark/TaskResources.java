package io.drex.spark;

import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.spark.TaskContext;
import org.apache.spark.util.TaskCompletionListener;
import org.jspecify.annotations.Nullable;

/**
 * What a task must give back however it ends: closed in reverse order when Spark says that the task
 * is over. Arrow memory that is still held then is an error of the task.
 */
final class TaskResources {
  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  TaskResources() {}

  static TaskResources of(TaskContext context) {
    TaskResources resources = new TaskResources();
    context.addTaskCompletionListener((TaskCompletionListener) over -> resources.closeAll());
    return resources;
  }

  <T extends AutoCloseable> T add(T resource) {
    open.push(resource);
    return resource;
  }

  void closeAll() {
    IllegalStateException failure = null;
    while (!open.isEmpty()) {
      AutoCloseable resource = open.pop();
      try {
        resource.close();
      } catch (Exception e) {
        failure = add(failure, resource, e);
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  private static IllegalStateException add(
      @Nullable IllegalStateException failure, AutoCloseable resource, Exception e) {
    if (failure != null) {
      failure.addSuppressed(e);
      return failure;
    }
    String what = resource.getClass().getSimpleName();
    return new IllegalStateException(what + " cannot be closed: " + e.getMessage(), e);
  }
}
