package settings

import "fmt"

// FileError: settings.json or policy.json says what can't be. Field is "" where
// the file as a whole is at fault.
type FileError struct {
	Path   string
	Field  string
	Reason string
	Err    error
}

func (e *FileError) Error() string {
	if e.Field == "" {
		return fmt.Sprintf("%s: %s", e.Path, e.Reason)
	}
	return fmt.Sprintf("%s, field %s: %s", e.Path, e.Field, e.Reason)
}
func (e *FileError) Unwrap() error { return e.Err }

// ValueError: a flag, the environment or the build says what can't be.
type ValueError struct {
	Source Source
	Field  string // its JSON name
	Err    error
}

func (e *ValueError) Error() string { return fmt.Sprintf("%s, %s: %v", e.Source, e.Field, e.Err) }
func (e *ValueError) Unwrap() error { return e.Err }
