package settings

import "fmt"

// FileError: a settings or policy file that can't be read or says what can't be.
type FileError struct{ Path, Field, Reason string }

func (e *FileError) Error() string {
	if e.Field == "" {
		return fmt.Sprintf("%s: %s", e.Path, e.Reason)
	}
	return fmt.Sprintf("%s: %s: %s", e.Path, e.Field, e.Reason)
}
