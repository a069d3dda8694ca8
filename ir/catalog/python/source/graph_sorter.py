"""`graphlib`: nodes of a graph in an order in which each stands behind those that it needs."""


class CycleError(ValueError):
    pass


class NodeInfo:
    def __init__(self, node):
        self.node = node
        self.npredecessors = 0
        self.successors = []
        # 0: known, 1: handed out, 2: done.
        self.state = 0


class TopologicalSorter:
    def __init__(self, graph=None):
        self._node2info = {}
        self._ready_nodes = []
        self._prepared = False
        self._npassedout = 0
        self._nfinished = 0
        if graph is not None:
            for node, predecessors in graph.items():
                self.add(node, *predecessors)

    def _get_nodeinfo(self, node):
        if node not in self._node2info:
            self._node2info[node] = NodeInfo(node)
        return self._node2info[node]

    def add(self, node, *predecessors):
        if self._prepared:
            raise ValueError("Nodes cannot be added after a call to prepare()")
        nodeinfo = self._get_nodeinfo(node)
        nodeinfo.npredecessors += len(predecessors)
        for pred in predecessors:
            self._get_nodeinfo(pred).successors.append(node)

    def prepare(self):
        if self._prepared:
            raise ValueError("cannot prepare() more than once")
        self._prepared = True
        self._ready_nodes = [i.node for i in self._node2info.values() if i.npredecessors == 0]
        cycle = self._find_cycle()
        if cycle is not None:
            raise CycleError("nodes are in a cycle", cycle)

    def get_ready(self):
        if not self._prepared:
            raise ValueError("prepare() must be called first")
        result = tuple(self._ready_nodes)
        for node in result:
            self._node2info[node].state = 1
        self._ready_nodes.clear()
        self._npassedout += len(result)
        return result

    def is_active(self):
        if not self._prepared:
            raise ValueError("prepare() must be called first")
        return self._nfinished < self._npassedout or len(self._ready_nodes) > 0

    def __bool__(self):
        return self.is_active()

    def done(self, *nodes):
        if not self._prepared:
            raise ValueError("prepare() must be called first")
        for node in nodes:
            if node not in self._node2info:
                raise ValueError(f"node {node!r} was not added using add()")
            nodeinfo = self._node2info[node]
            if nodeinfo.state == 0:
                raise ValueError(f"node {node!r} was not passed out (still not ready)")
            if nodeinfo.state == 2:
                raise ValueError(f"node {node!r} was already marked done")
            nodeinfo.state = 2
            for successor in nodeinfo.successors:
                info = self._node2info[successor]
                info.npredecessors -= 1
                if info.npredecessors == 0:
                    self._ready_nodes.append(successor)
            self._nfinished += 1

    def _find_cycle(self):
        stack = []
        positions = []
        seen = set()
        node2stacki = {}
        for start in self._node2info:
            if start in seen:
                continue
            node = start
            while True:
                entered = False
                if node in seen:
                    if node in node2stacki:
                        return stack[node2stacki[node]:] + [node]
                else:
                    seen.add(node)
                    positions.append(0)
                    node2stacki[node] = len(stack)
                    stack.append(node)
                while stack:
                    successors = self._node2info[stack[-1]].successors
                    if positions[-1] < len(successors):
                        node = successors[positions[-1]]
                        positions[-1] += 1
                        entered = True
                        break
                    del node2stacki[stack.pop()]
                    positions.pop()
                if not entered:
                    break
        return None

    def static_order(self):
        self.prepare()
        while self.is_active():
            node_group = self.get_ready()
            yield from node_group
            self.done(*node_group)
