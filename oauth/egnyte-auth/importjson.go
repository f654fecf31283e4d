package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// byteOrderMark is what Windows' Notepad may put in front.
var byteOrderMark = []byte("\ufeff")

// span is a stretch of bytes, its end not included.
type span struct{ from, to int64 }

// cutMembers takes members out of a JSON document and leaves every other byte as
// it is: order, spacing, unknown fields, the spelling of numbers. Doomed is
// asked with the names that lead to a member, and its value as written.
func cutMembers(data []byte, doomed func(path []string, value []byte) bool) ([]byte, error) {
	body := bytes.TrimPrefix(data, byteOrderMark)
	w := &cutter{decoder: json.NewDecoder(bytes.NewReader(body)), data: body, doomed: doomed}
	w.decoder.UseNumber()
	if err := w.value(nil); err != nil {
		return nil, fmt.Errorf("reading JSON: %w", err)
	}
	if _, err := w.decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("reading JSON: there is something behind its end")
	}
	slices.SortFunc(w.cuts, func(a, b span) int { return int(a.from - b.from) })
	kept := slices.Clone(data[:len(data)-len(body)])
	at := int64(0)
	for _, cut := range w.cuts {
		kept = append(kept, body[at:cut.from]...)
		at = cut.to
	}
	return append(kept, body[at:]...), nil
}

type cutter struct {
	decoder *json.Decoder
	data    []byte
	doomed  func(path []string, value []byte) bool
	cuts    []span
}

// member is one of an object's, with what lies between it and the one before.
type member struct {
	before, start, end int64
	doomed             bool
}

func (w *cutter) value(path []string) error {
	token, err := w.decoder.Token()
	if err != nil {
		return err
	}
	switch token {
	case json.Delim('{'):
		return w.object(path)
	case json.Delim('['):
		for w.decoder.More() {
			if err := w.value(append(slices.Clone(path), "[]")); err != nil {
				return err
			}
		}
		_, err = w.decoder.Token()
	}
	return err
}

func (w *cutter) object(path []string) error {
	opened := w.decoder.InputOffset()
	var members []member
	for w.decoder.More() {
		m := member{before: w.decoder.InputOffset()}
		m.start = m.before + int64(bytes.IndexByte(w.data[m.before:], '"'))
		token, err := w.decoder.Token()
		if err != nil {
			return err
		}
		name, _ := token.(string)
		inner := append(slices.Clone(path), name)
		if value, known := w.peek(); known && w.doomed(inner, value) {
			m.doomed = true
			err = w.decoder.Decode(new(json.RawMessage))
		} else {
			err = w.value(inner)
		}
		if err != nil {
			return err
		}
		m.end = w.decoder.InputOffset()
		members = append(members, m)
	}
	w.cutFrom(opened, members)
	_, err := w.decoder.Token()
	return err
}

// peek gives the value that comes next, as written.
func (w *cutter) peek() (value []byte, known bool) {
	rest := w.data[w.decoder.InputOffset():]
	colon := bytes.IndexByte(rest, ':')
	if colon < 0 {
		return nil, false
	}
	var raw json.RawMessage
	err := json.NewDecoder(bytes.NewReader(rest[colon+1:])).Decode(&raw)
	return raw, err == nil
}

// cutFrom takes each doomed member with one of the commas beside it.
func (w *cutter) cutFrom(opened int64, members []member) {
	if len(members) == 0 {
		return
	}
	if !slices.ContainsFunc(members, func(m member) bool { return !m.doomed }) {
		w.cuts = append(w.cuts, span{opened, members[len(members)-1].end})
		return
	}
	first := true // no kept member so far
	for i, m := range members {
		switch {
		case !m.doomed:
			first = false
		case first:
			w.cuts = append(w.cuts, span{m.start, members[i+1].start})
		default:
			w.cuts = append(w.cuts, span{m.before, m.end})
		}
	}
}

// cutSecrets takes the named secrets out of a document, if each of them still
// has the value that is known: a newer one belongs to whoever wrote it.
func cutSecrets(data []byte, secrets []placedSecret) ([]byte, error) {
	found := make([]bool, len(secrets))
	changed := false
	kept, err := cutMembers(data, func(path []string, value []byte) bool {
		for i, s := range secrets {
			if slices.Equal(s.path, path) {
				found[i] = true
				changed = changed || jsonText(value) != s.value.Reveal()
				return true
			}
		}
		return false
	})
	if err != nil {
		return nil, err
	}
	if changed || slices.Contains(found, false) {
		return nil, errChangedMeanwhile
	}
	return kept, nil
}

var errChangedMeanwhile = errors.New("the file was changed meanwhile")

// jsonText is the text of a JSON string, "" for everything else.
func jsonText(raw []byte) string {
	var text string
	if json.Unmarshal(raw, &text) != nil {
		return ""
	}
	return strings.TrimSpace(text)
}
