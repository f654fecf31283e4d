package settings

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
)

// levels are what the log may say: only what goes wrong, which is the default;
// what was done; every step.
var levels = []struct {
	name  string
	level slog.Level
}{
	{"warning", slog.LevelWarn},
	{"info", slog.LevelInfo},
	{"debug", slog.LevelDebug},
}

// LogLevel is the level in force, without a keyring. Where the settings can't be
// read it is the default: the log then has something to tell.
func LogLevel(dir string) slog.Level {
	e, err := LoadPast(dir, Fields{})
	if _, fault := errors.AsType[*PolicyError](err); fault || e.From["log_level"] == "" {
		return levels[0].level
	}
	return e.LogLevel
}

func parseLevel(text string) (slog.Level, error) {
	for _, l := range levels {
		if strings.EqualFold(strings.TrimSpace(text), l.name) {
			return l.level, nil
		}
	}
	return levels[0].level, fmt.Errorf("%q is neither warning, info nor debug", text)
}

func levelName(level slog.Level) string {
	for _, l := range levels {
		if l.level == level {
			return l.name
		}
	}
	return ""
}

func checkLogLevel(text string) (string, error) {
	level, err := parseLevel(text)
	return levelName(level), err
}
