package tray

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"
)

// paperMenu is a menu on paper: it notes what was done to it.
type paperMenu struct {
	mu      sync.Mutex
	entries []*paperItem
	touched int
	needing int
	trouble string
}

type paperItem struct {
	menu    *paperMenu
	title   string
	hidden  bool
	clicks  chan struct{}
	entries []*paperItem
}

func (m *paperMenu) newItem(title string) *paperItem {
	m.touched++
	return &paperItem{menu: m, title: title, clicks: make(chan struct{})}
}

func (m *paperMenu) add(title string) item {
	m.mu.Lock()
	defer m.mu.Unlock()
	i := m.newItem(title)
	m.entries = append(m.entries, i)
	return i
}

func (m *paperMenu) separator() { m.add("-") }

func (m *paperMenu) setNeeding(n int, trouble string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.needing, m.trouble = n, trouble
}

func (i *paperItem) change(act func()) {
	i.menu.mu.Lock()
	defer i.menu.mu.Unlock()
	i.menu.touched++
	act()
}

func (i *paperItem) add(title string) item {
	i.menu.mu.Lock()
	defer i.menu.mu.Unlock()
	sub := i.menu.newItem(title)
	i.entries = append(i.entries, sub)
	return sub
}
func (i *paperItem) setTitle(title string)    { i.change(func() { i.title = title }) }
func (i *paperItem) show()                    { i.change(func() { i.hidden = false }) }
func (i *paperItem) hide()                    { i.change(func() { i.hidden = true }) }
func (i *paperItem) clicked() <-chan struct{} { return i.clicks }

// titles are what the menu shows below its separator.
func (m *paperMenu) titles() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var titles []string
	below := false
	for _, e := range m.entries {
		if below && !e.hidden {
			titles = append(titles, e.title)
		}
		below = below || e.title == "-"
	}
	return titles
}

// find returns the visible entry with that title, or the one below it.
func (m *paperMenu) find(path ...string) *paperItem {
	m.mu.Lock()
	defer m.mu.Unlock()
	entries := m.entries
	var found *paperItem
	for _, title := range path {
		at := slices.IndexFunc(entries, func(i *paperItem) bool { return i.title == title && !i.hidden })
		if at < 0 {
			return nil
		}
		found = entries[at]
		entries = found.entries
	}
	return found
}

func (m *paperMenu) touches() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.touched
}

func newPool(now *time.Time) (*pool, *paperMenu) {
	m := &paperMenu{}
	m.separator()
	return &pool{menu: m, now: func() time.Time { return *now }, watch: func(int, [3]item) {}}, m
}

func named(names ...string) []row {
	var rows []row
	for _, name := range names {
		rows = append(rows, row{account: name, title: name})
	}
	return rows
}

func TestOnlyRowsThatChangedAreTouched(t *testing.T) {
	t.Parallel()
	now := time.Now()
	p, m := newPool(&now)
	p.show(named("a", "b", "c"))
	before := m.touches()
	p.show(named("a", "b", "c"))
	if got := m.touches() - before; got != 0 {
		t.Errorf("showing the same touched %d entries", got)
	}
	rows := named("a", "b", "c")
	rows[1].title = "b: reconnect"
	p.show(rows)
	if got := m.touches() - before; got != 1 {
		t.Errorf("one change touched %d entries", got)
	}
}

func TestAnAccountKeepsItsRow(t *testing.T) {
	t.Parallel()
	now := time.Now()
	p, m := newPool(&now)
	p.show(named("a", "b", "c"))
	p.show(named("a", "c"))
	if got := fmt.Sprint(m.titles()); got != "[a c]" {
		t.Fatal(got)
	}
	p.show(named("c", "b", "a"))
	if got := fmt.Sprint(m.titles()); got != "[a b c]" {
		t.Error(got)
	}
	if len(p.slots) != 3 {
		t.Errorf("%d slots for 3 accounts", len(p.slots))
	}
}

func TestAFreeRowIsUsedAgainAndDeafAtFirst(t *testing.T) {
	t.Parallel()
	now := time.Now()
	p, _ := newPool(&now)
	p.show(named("a", "b"))
	p.show(named("b"))
	if got := p.account(0); got != "" {
		t.Errorf("a hidden row belongs to %q", got)
	}
	p.show(named("b", "new", "newer"))
	if len(p.slots) != 3 {
		t.Errorf("%d slots, want the free one used and one new", len(p.slots))
	}
	if got := p.account(0); got != "" {
		t.Errorf("a click meant for a reached %q", got)
	}
	if got := p.account(2); got != "newer" {
		t.Errorf("a new row belongs to %q", got)
	}
	now = now.Add(settle)
	if got := p.account(0); got != "new" {
		t.Errorf("later, the row belongs to %q", got)
	}
}

func TestAMenuThatIsFullLeavesOutWhoNeedsNobody(t *testing.T) {
	t.Parallel()
	now := time.Now()
	p, m := newPool(&now)
	var clicks []item
	p.click = func(i item) { clicks = append(clicks, i) }
	var names []string
	for n := range mostRows + 20 {
		names = append(names, fmt.Sprintf("person%03d", n))
	}
	rows := named(names...)
	rows[mostRows+10].needs = true
	p.show(rows)
	titles := m.titles()
	if len(titles) != mostRows+1 || titles[mostRows] != "20 more…" || !slices.Contains(titles, names[mostRows+10]) {
		t.Fatalf("%d rows, the last ones %q", len(titles), titles[mostRows-1:])
	}
	p.show(rows[:mostRows+1])
	if titles := m.titles(); titles[len(titles)-1] != "1 more…" || len(titles) != mostRows+1 {
		t.Errorf("the last rows are %q", titles[len(titles)-2:])
	}
	p.show(rows[:3])
	if titles := m.titles(); len(titles) != 3 {
		t.Errorf("with 3 accounts the menu says %q", titles)
	}
	p.show(rows)
	if titles := m.titles(); titles[len(titles)-1] != "20 more…" || len(clicks) != 1 || len(p.slots) != mostRows {
		t.Errorf("full again: %q, %d entries for the rest, %d slots", titles[len(titles)-1], len(clicks), len(p.slots))
	}
}
