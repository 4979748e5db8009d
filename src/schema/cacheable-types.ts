import { type GraphQLSchema, getNamedType, isInterfaceType, isObjectType } from 'graphql';
import { allResources } from '../twilio/resource.ts';

/**
 * Returns the names of the types whose fields come only from Twilio, so that a response with only these may be cached. A
 * response with another type, such as a credential or a caller, is not cached; this includes any new type.
 *
 * Cacheable are the resources' types, their interfaces and connections, and types with the extension `fromTwilio`.
 */
export function cacheableTypes(schema: GraphQLSchema): ReadonlySet<string> {
  const resourceTypes = new Set(allResources().flatMap(({ types }) => types));
  const cacheable = new Set(['Query', 'PageInfo', ...resourceTypes]);
  for (const type of Object.values(schema.getTypeMap())) {
    if (isInterfaceType(type)) {
      const { objects } = schema.getImplementations(type);
      if (type.name !== 'Node' && objects.every(({ name }) => resourceTypes.has(name)))
        cacheable.add(type.name);
    } else if (isObjectType(type)) {
      if (type.extensions.fromTwilio === true) cacheable.add(type.name);
    }
  }
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || !/(?:Connection|Edge)$/.test(type.name)) continue;
    const { edges, node } = type.getFields();
    const item = node ?? (edges && itemOf(edges.type));
    if (item && cacheable.has(getNamedType(item.type).name)) cacheable.add(type.name);
  }
  return cacheable;
}

function itemOf(edges: Parameters<typeof getNamedType>[0]) {
  const edge = getNamedType(edges);
  return isObjectType(edge) ? edge.getFields().node : undefined;
}
